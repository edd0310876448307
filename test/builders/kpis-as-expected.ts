/** Rows of KPIs as fixtures/days/expected.json has them: amounts and rates with two decimals, counts as numbers. */
export const kpisAsExpected = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (/date|category/.test(name)) return [name, value];
        return [name, /revenue|rate|value/.test(name) ? Number(value).toFixed(2) : Number(value)];
      }),
    ),
  );
