import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { type SendDeps, type SendTotals, sendEvents } from '../../../operations/events/send-events';

/** What the endpoint does with a request. */
type Behaviour =
  | { readonly status: 202 | 400 | 429 | 503; readonly stores: boolean; readonly retryAfter?: string }
  | { readonly status: 'hang up'; readonly stores: boolean }
  | { readonly status: 401 | 413; readonly stores: false };

const ACCEPTS: Behaviour = { status: 202, stores: true };

/** An endpoint that behaves as told, request by request, then accepts. It rejects events without a name. */
class TestEndpoint {
  readonly stored: string[] = [];
  readonly bodies: string[] = [];
  private constructor(
    private readonly server: Server,
    private behaviours: readonly Behaviour[],
  ) {}

  static async start(behaviours: readonly Behaviour[]): Promise<TestEndpoint> {
    const server = createServer();
    const endpoint = new TestEndpoint(server, behaviours);
    server.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      endpoint.bodies.push(body);
      const [behaviour = ACCEPTS, ...others] = endpoint.behaviours;
      endpoint.behaviours = others;
      const events: { event_id: string; event_name?: string }[] = JSON.parse(body);
      const good = events.filter(({ event_name }) => event_name !== undefined);
      if (behaviour.stores) endpoint.stored.push(...good.map(({ event_id }) => event_id));
      if (behaviour.status === 'hang up') {
        request.socket.destroy();
        return;
      }
      const rejected = events.flatMap(({ event_name }, index) =>
        event_name === undefined ? [{ index, reason: 'event_name is missing' }] : [],
      );
      const isTaken = behaviour.status === 202;
      const status = isTaken && good.length === 0 ? 400 : behaviour.status;
      const headers = 'retryAfter' in behaviour ? { 'retry-after': behaviour.retryAfter } : {};
      response.writeHead(status, headers);
      response.end(
        JSON.stringify(isTaken ? { accepted: good.length, rejected } : { error: `answer ${status}` }),
      );
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

async function send(
  batches: readonly object[][],
  behaviours: readonly Behaviour[],
  deps: Partial<SendDeps> = {},
) {
  const endpoint = await TestEndpoint.start(behaviours);
  const pauses: number[] = [];
  try {
    const given = (async function* () {
      yield* batches;
    })();
    const totals = await sendEvents({ url: endpoint.url, key: 'a key' }, given, {
      fetch,
      pause: async (milliseconds) => void pauses.push(milliseconds),
      signal: new AbortController().signal,
      onProgress: () => {},
      ...deps,
    });
    return { totals, endpoint, pauses };
  } finally {
    await endpoint.stop();
  }
}

const event = (number: number) => ({ event_id: `e${number}`, event_name: 'page_view' });
const nameless = (number: number) => ({ event_id: `e${number}` });

test('batches are sent one after the other with the key, and counted', async () => {
  const headers: (string | null)[] = [];
  const { totals, endpoint } = await send([[event(1), event(2)], [event(3)]], [], {
    fetch: (url, init) => {
      headers.push(new Headers(init?.headers).get('x-api-key'));
      return fetch(url, init);
    },
  });
  expect(endpoint.bodies.map((body) => JSON.parse(body))).toEqual([[event(1), event(2)], [event(3)]]);
  expect(headers).toEqual(['a key', 'a key']);
  expect(totals).toEqual({
    ...{ sent: 3, accepted: 3, rejected: 0, unconfirmed: 0, requests: 2, retries: 0, reason: null },
  });
});

test('repeats the same request after the time that the answer names, in seconds or as a date', async () => {
  const inTenSeconds = new Date(Date.now() + 10_000).toUTCString();
  const { totals, endpoint, pauses } = await send(
    [[event(1)]],
    [
      { status: 429, stores: false, retryAfter: '7' },
      { status: 503, stores: true, retryAfter: inTenSeconds },
    ],
  );
  expect(pauses[0]).toBe(7_000);
  expect(pauses[1]).toBeGreaterThan(7_000);
  expect(pauses[1]).toBeLessThanOrEqual(10_000);
  expect(new Set(endpoint.bodies).size).toBe(1);
  expect(totals).toMatchObject({ accepted: 1, requests: 3, retries: 2, reason: null });
});

test('counts rejected events, gives the reason, and goes on', async () => {
  const { totals } = await send([[event(1), nameless(2)], [nameless(3)], [event(4)]], []);
  expect(totals).toMatchObject({ sent: 4, accepted: 2, rejected: 2, reason: 'event_name is missing' });
});

test.each([401, 413] as const)('stops at %d, which a repeat would not change', async (status) => {
  const { totals, endpoint } = await send([[event(1)], [event(2)]], [{ status, stores: false }]);
  expect(endpoint.bodies).toHaveLength(1);
  expect(totals).toMatchObject({ sent: 1, accepted: 0, rejected: 1, reason: `${status}: answer ${status}` });
});

test('gives up after ten tries, and says that the events may be stored', async () => {
  const { totals, endpoint } = await send(
    [[event(1)], [event(2)]],
    Array.from({ length: 10 }, (): Behaviour => ({ status: 'hang up', stores: true })),
  );
  expect(endpoint.bodies).toHaveLength(10);
  expect(totals).toMatchObject({ sent: 1, accepted: 0, unconfirmed: 1, retries: 9 });
  expect(totals.reason).toMatch(/^no answer: /);
});

test('an answer of something else is not taken for an acceptance', async () => {
  const { totals } = await send([[event(1)]], [], {
    fetch: async () => new Response('<html>hello</html>', { status: 200 }),
  });
  expect(totals).toMatchObject({ accepted: 0, unconfirmed: 1, reason: '200: <html>hello</html>' });
});

test('after an interruption no batch is repeated and no other one is sent', async () => {
  const stopping = new AbortController();
  const { totals, endpoint } = await send([[event(1)], [event(2)]], [{ status: 503, stores: false }], {
    signal: stopping.signal,
    pause: async () => stopping.abort(),
  });
  // The pause ended early, and the batch was tried once more.
  expect(endpoint.bodies).toHaveLength(2);
  expect(totals).toMatchObject({ sent: 1, accepted: 1 });
});

test('whatever the endpoint answers, every accepted event is stored and every event is counted once', async () => {
  const behaviour = fc.oneof(
    fc.constant(ACCEPTS),
    fc.record({ status: fc.constantFrom(429 as const, 503 as const), stores: fc.boolean() }),
    fc.record({ status: fc.constant('hang up' as const), stores: fc.boolean() }),
    fc.record({ status: fc.constantFrom(401 as const, 413 as const), stores: fc.constant(false as const) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
      fc.array(behaviour, { maxLength: 14 }),
      async (shape, behaviours) => {
        let number = 0;
        const batches = shape.map((batch) =>
          batch.map((isNamed) => {
            number += 1;
            return isNamed ? event(number) : nameless(number);
          }),
        );
        const { totals, endpoint } = await send(batches, behaviours);
        const { sent, accepted, rejected, unconfirmed, requests, retries } = totals as SendTotals;
        expect(accepted + rejected + unconfirmed).toBe(sent);
        expect(requests).toBe(endpoint.bodies.length);
        const sentBatches = new Set(endpoint.bodies);
        expect(requests - retries).toBe(sentBatches.size);
        // One id is one event, however often it was stored.
        const stored = new Set(endpoint.stored).size;
        expect(stored).toBeGreaterThanOrEqual(accepted);
        expect(stored).toBeLessThanOrEqual(sent);
        if (unconfirmed === 0 && rejected === 0) expect(stored).toBe(sent);
      },
    ),
    { numRuns: 60 },
  );
});
