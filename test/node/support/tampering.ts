export interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

export type RpcReply =
  { readonly result: unknown } | { readonly error: { readonly code: number; readonly message: string } };

/** Undefined lets the request pass; a reply answers in the endpoint's place; throwing breaks the connection. */
export type Tamper = (
  request: RpcRequest,
  pass: () => Promise<RpcReply>,
) => Promise<RpcReply | undefined> | RpcReply | undefined;

/** A `fetch` between a connection and the real endpoint that can drop, answer and change single requests. */
export const tamperingFetch =
  (tamper: Tamper): typeof fetch =>
  async (input, init) => {
    const body: unknown = JSON.parse(init?.body as string); // What our own client sends.
    const requests = (Array.isArray(body) ? body : [body]) as RpcRequest[]; // What our own client sends.
    const ask = async (request: RpcRequest): Promise<RpcReply> => {
      const response = await fetch(input, { ...init, body: JSON.stringify(request), signal: null });
      return (await response.json()) as RpcReply;
    };
    const replies = [];
    for (const request of requests) {
      const reply = (await tamper(request, () => ask(request))) ?? (await ask(request));
      replies.push({ jsonrpc: "2.0", ...reply, id: request.id });
    }
    return new Response(JSON.stringify(Array.isArray(body) ? replies : replies[0]), { status: 200 });
  };
