import { lookup as resolveName, type LookupAddress, type LookupOptions } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";
import { ClientError } from "./errors.ts";
import type { Transport, TransportResponse } from "./transport.ts";

export interface GuardOptions {
  /** Departments' nodes may be on this machine: an evaluation. */
  readonly allowLoopback: boolean;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Never another department's node: this machine, the link, a group, a cloud's own services, or nothing. Private networks are where departments are. */
const never = new BlockList();
never.addSubnet("0.0.0.0", 8, "ipv4");
never.addSubnet("169.254.0.0", 16, "ipv4");
never.addSubnet("224.0.0.0", 3, "ipv4");
// What clouds answer about the machine itself, outside of the link's own range.
never.addAddress("100.100.100.200", "ipv4");
never.addAddress("192.0.0.192", "ipv4");
never.addAddress("fd00:ec2::254", "ipv6");
// Prefixes that carry an IPv4 address, which would escape the rules above.
never.addSubnet("64:ff9b::", 96, "ipv6");
never.addSubnet("64:ff9b:1::", 48, "ipv6");
never.addSubnet("2002::", 16, "ipv6");
never.addAddress("::", "ipv6");
never.addSubnet("fe80::", 10, "ipv6");
never.addSubnet("ff00::", 8, "ipv6");

const isAllowed = (address: string, { allowLoopback }: GuardOptions): boolean => {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (loopback.check(address, family)) return allowLoopback;
  return !never.check(address, family);
};

/**
 * Reaches endpoints that others wrote into the registry: http(s) only, no redirects, and every address is judged after
 * its name is resolved and is the one connected to, so a name cannot point inwards. Rejects with ClientError `client.endpoint-refused`.
 */
export const guardedTransport =
  (options: GuardOptions): Transport =>
  ({ method, url, headers, body, signal }) => {
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    const isHttp = url.protocol === "http:" || url.protocol === "https:";
    if (!isHttp || url.username !== "" || (isIP(hostname) !== 0 && !isAllowed(hostname, options))) {
      return Promise.reject(new ClientError("client.endpoint-refused", { host: url.host }));
    }
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = send(
        url,
        {
          method,
          signal,
          headers: { ...headers, ...(body !== undefined && { "content-length": String(body.length) }) },
          lookup: guardedLookup(options),
        },
        (response) => resolve(toResponse(response)),
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  };

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

const guardedLookup = (options: GuardOptions) => (hostname: string, asked: LookupOptions, callback: LookupCallback) => {
  resolveName(hostname, { ...asked, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isAllowed(address, options))) {
      return callback(new ClientError("client.endpoint-refused", { host: hostname }), []);
    }
    if (asked.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

const toResponse = (response: IncomingMessage): TransportResponse => ({
  status: response.statusCode ?? 0,
  header: (name) => {
    const value = response.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  },
  body: response,
});
