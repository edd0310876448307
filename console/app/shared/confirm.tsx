import { type ReactNode, useRef, useState } from 'react';
import { Failure } from './states';

interface Props {
  /** On the button. */
  readonly label: string;
  /** What will happen, asked as a question. */
  readonly question: string;
  readonly children?: ReactNode;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Called as the dialog opens: to find out what it tells. */
  readonly onOpen?: () => void;
  /** Does it; the dialog stays open, and says why, where it rejects. */
  readonly onConfirm: () => Promise<unknown>;
}

/** A button that asks before it acts, in a dialog that Escape leaves. */
export function ConfirmButton({ label, question, children, disabled, danger, onOpen, onConfirm }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      dialog.current?.close();
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        className={danger ? 'danger' : undefined}
        disabled={disabled}
        onClick={() => {
          setError(undefined);
          onOpen?.();
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-label={question}>
        <p className="state-title">{question}</p>
        {children}
        {error && <Failure error={error} />}
        <div className="row row-end">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className={danger ? 'danger' : 'primary'} disabled={isBusy} onClick={confirm}>
            {isBusy ? 'Working…' : label}
          </button>
        </div>
      </dialog>
    </>
  );
}
