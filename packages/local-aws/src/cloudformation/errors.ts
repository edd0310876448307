/** A template that cannot be deployed locally; the message names the resource and the property. */
export class TemplateError extends Error {
  constructor(
    readonly where: string,
    fault: string,
  ) {
    super(`template, ${where}: ${fault}`);
    this.name = 'TemplateError';
  }
}
