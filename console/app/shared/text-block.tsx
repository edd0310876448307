/** Text with its line breaks, such as a file; it scrolls, also by keyboard. @param label for screen readers */
export function TextBlock({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it
    <section className="text-block" aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
