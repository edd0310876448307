const NAMES: Readonly<Record<string, string>> = {
  A: 'the products with the most revenue, up to 80% of all',
  B: 'up to 95% of all revenue',
  C: 'the other products',
};

/** The class of a product by revenue. */
export function AbcClass({ value }: { readonly value: string | null }) {
  if (value === null) {
    return (
      <span className="muted" title="never counted in stock">
        –
      </span>
    );
  }
  return (
    <strong className={`rows-abc rows-abc-${value.toLowerCase()}`} title={NAMES[value]}>
      {value}
    </strong>
  );
}
