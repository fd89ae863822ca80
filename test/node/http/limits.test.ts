import { expect } from "chai";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { HttpServer } from "../../../node/http/server.ts";
import { countsCases } from "../../faults/tally.ts";

/** Long enough for a whole request on a busy machine, short enough to wait for. */
const LIMITS = { headMs: 1500, requestMs: 3000, checkMs: 50 };
/** What is sent while the other side ends the connection may cost its last words. */
const OVER = /^(?:HTTP\/1\.1 408 |$)/;

describe("a connection to a node", function () {
  this.timeout(60_000);
  countsCases("surface");
  let server: HttpServer;
  let port: number;
  const sockets: Socket[] = [];

  before(async () => {
    server = new HttpServer((request, response) => {
      request.resume().once("end", () => response.end("here"));
    }, LIMITS);
    ({ port } = await server.listen({ host: "127.0.0.1", port: 0 }));
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
  after(() => server.close());

  const open = async (): Promise<Socket> => {
    const socket = connect({ host: "127.0.0.1", port });
    sockets.push(socket);
    // Whoever is cut off while it writes learns of it by an error; what counts is what came before.
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  };
  /** Everything that comes until the other side ends the connection. */
  const untilEnd = async (socket: Socket): Promise<string> => {
    let text = "";
    socket.setEncoding("latin1").on("data", (part: string) => (text += part));
    await new Promise((resolve) => socket.once("close", resolve));
    return text;
  };
  const answerTo = async (text: string): Promise<string> => {
    const socket = await open();
    const answer = untilEnd(socket);
    socket.write(text);
    return answer;
  };
  const head = (more = ""): string => `POST /x HTTP/1.1\r\nHost: a\r\n${more}`;

  it("is answered when the whole request is there", async () => {
    const answer = await answerTo(head("Connection: close\r\nContent-Length: 1\r\n\r\nx"));
    expect(answer).to.match(/^HTTP\/1\.1 200 /);
  });

  it("is ended with 431 when the head is too large, in one header or in many", async () => {
    // Not much more than the limit: what the other side has not read when it ends a connection costs its last words.
    for (const more of [`A: ${"a".repeat(16_400)}\r\n`, "A: a\r\n".repeat(2800)]) {
      expect(await answerTo(`${head(more)}\r\n`)).to.match(/^HTTP\/1\.1 431 /);
    }
  });

  it("is ended with 408 when the head does not come, or comes letter by letter", async () => {
    expect(await answerTo("POST /x HTTP/1.1\r\n")).to.match(/^HTTP\/1\.1 408 /);

    const slow = await open();
    slow.write(head());
    const drip = setInterval(() => slow.write("A: a\r\n"), 100);
    const dripped = await untilEnd(slow).finally(() => clearInterval(drip));
    expect(dripped).to.match(OVER);
  });

  it("is ended with 408 when the body comes letter by letter", async () => {
    const slow = await open();
    slow.write(head("Content-Length: 1000000\r\n\r\n"));
    const drip = setInterval(() => slow.write("x"), 100);
    const answer = await untilEnd(slow).finally(() => clearInterval(drip));
    expect(answer).to.match(OVER);
  });
});
