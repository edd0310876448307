/** Characters that change the text direction, are invisible, or break the line. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/**
 * Text from a file or file name, with isolated text direction. Invisible characters, and those that affect adjacent text, are
 * shown as codes.
 */
export function FileText({ children }: { readonly children: string }) {
  if (!UNSEEN.test(children)) return <bdi>{children}</bdi>;
  const parts = children.split(new RegExp(`(${UNSEEN.source})`, 'u'));
  return (
    <bdi>
      {parts.map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          <span key={at} className="unseen-character">
            {`U+${(part.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`}
          </span>
        ),
      )}
    </bdi>
  );
}
