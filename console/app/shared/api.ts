/** A request failed; the message is for the user. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    message: string,
    /** HTTP status; 0 without a response. */
    readonly status: number,
    /** The response body, if it was JSON. */
    readonly details?: unknown,
  ) {
    super(message);
  }
}

const TOKEN_KEY = 'daybook-token';

/**
 * Moves the token from the URL to the session storage of this tab, so that reloading works. Empty if the page was opened
 * without a token.
 */
function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

const token = takeToken();

/** A list gives one parameter for each of its values. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** `/api/...` with the defined query parameters. The caller encodes the parts of the path. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return `/api/${path}${search.size > 0 ? `?${search}` : ''}`;
}

/** @throws ApiError */
export async function getJson<Result>(path: string, query?: Query, signal?: AbortSignal): Promise<Result> {
  const answer = await request(apiUrl(path, query), { signal: signal ?? null });
  return answer.json();
}

/** @throws ApiError */
export async function postJson<Result>(
  path: string,
  body: unknown = {},
  signal?: AbortSignal,
): Promise<Result> {
  const answer = await request(apiUrl(path), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  return answer.json();
}

/** Saves a response as a file. @throws ApiError */
export async function download(path: string, fileName: string, query?: Query): Promise<void> {
  const answer = await request(apiUrl(path, query), {});
  saveAs(await answer.blob(), fileName);
}

export function saveAs(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // By then the browser has read the content.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Sends a file and returns the answer. @throws ApiError */
export async function putFile<Answer>(
  path: string,
  query: Query,
  file: Blob,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await request(apiUrl(path, query), {
    method: 'PUT',
    body: file,
    headers: { 'Content-Type': 'application/octet-stream' },
    signal,
  });
  return (await answer.json()) as Answer;
}

/** Uploads a file with progress from 0 to 1, which fetch does not report. @throws ApiError */
export function upload(
  path: string,
  query: Query,
  file: Blob,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.open('PUT', apiUrl(path, query));
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new ApiError('the upload was cancelled', 0));
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(new ApiError(messageOf(request.responseText), request.status));
    request.send(file);
  });
}

async function request(url: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, Authorization: `Bearer ${token}` };
  let answer: Response;
  try {
    answer = await fetch(url, { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (!answer.ok) {
    const body = await answer.text();
    throw new ApiError(messageOf(body), answer.status, detailsOf(body));
  }
  return answer;
}

const unreachable = () =>
  new ApiError(
    'The console server does not respond. Check that daybook local or daybook console is still running.',
    0,
  );

function messageOf(body: string): string {
  const details = detailsOf(body);
  const hasMessage = typeof details === 'object' && details !== null && 'error' in details;
  return (hasMessage && typeof details.error === 'string' ? details.error : body) || 'no reason given';
}

function detailsOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
