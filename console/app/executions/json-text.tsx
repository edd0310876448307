/** Shows text as formatted JSON if it is JSON, otherwise as it is. Never as HTML. */
export function JsonText({ text, label }: { readonly text: string | null; readonly label: string }) {
  if (text === null || text === '') return <p className="muted">none</p>;
  return (
    <section aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
      <pre className="json" tabIndex={0}>
        {indented(text)}
      </pre>
    </section>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
