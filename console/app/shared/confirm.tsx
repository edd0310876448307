import { type ReactNode, useRef, useState } from 'react';
import { Failure } from './states';

interface Props {
  /** Text of the button. */
  readonly label: string;
  /** The question to confirm. */
  readonly question: string;
  readonly children?: ReactNode;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Called when the dialog opens, for example to load its content. */
  readonly onOpen?: () => void;
  /** The action; if it rejects, the dialog stays open and shows the error. */
  readonly onConfirm: () => Promise<unknown>;
}

/** A button that asks for confirmation in a dialog; Escape cancels. */
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
