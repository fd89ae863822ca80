import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { HttpServer } from "../../../node/http/server.ts";

/** Later than a client is told that it may come again. */
const LATE_MS = 7000;

describe("a connection that is kept", () => {
  let server: HttpServer;
  let socket: Socket;

  before(async () => {
    server = new HttpServer((_, response) => response.end("here"));
    const { port, host } = await server.listen({ host: "127.0.0.1", port: 0 });
    socket = connect(port, host);
  });
  after(async () => {
    socket.destroy();
    await server.close();
  });

  const ask = async (): Promise<string> => {
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString();
  };

  // The time itself is what is promised.
  it("answers a client that takes it up later than it was told, which a busy one does", async function () {
    this.timeout(LATE_MS + 20_000);
    expect(await ask()).to.match(/\r\nKeep-Alive: timeout=5\r\n/);
    const closed = once(socket, "close").then(() => "closed");
    const late = new Promise((resolve) => setTimeout(resolve, LATE_MS, "open"));
    expect(await Promise.race([closed, late])).to.equal("open");
    expect(await ask()).to.match(/here$/);
  });
});
