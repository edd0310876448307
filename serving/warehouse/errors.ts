/** The warehouse cannot be used as it is; the message says what to do. */
export class WarehouseError extends Error {
  override readonly name: string = 'WarehouseError';
}

/** Another load or migration did not end within the time that this one waits for it. */
export class WarehouseBusyError extends WarehouseError {
  override readonly name = 'WarehouseBusyError';
}
