declare module '*.sql' {
  const text: string;
  export default text;
}
declare module '*.asl.json' {
  const definition: { States: Record<string, unknown>; [field: string]: unknown };
  export default definition;
}
