import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { generate } from "selfsigned"
import { listening } from "./drivingMollie.js"

export const certificate = await generate([{ name: "commonName", value: "127.0.0.1" }], {
  keyType: "ec",
  algorithm: "sha256",
  extensions: [{ name: "basicConstraints", cA: true }, {
    name: "subjectAltName",
    altNames: [{ type: 7, ip: "127.0.0.1" }]
  }]
})

/** For a client that speaks https alone: a port that takes its TLS off and passes every byte on. */
export const behindTls = (url: string) =>
  Effect.map(
    listening(Tls.createServer({ key: certificate.private, cert: certificate.cert }, (socket) => {
      const plain = Net.connect(Number(new URL(url).port), "127.0.0.1")
      for (const side of [socket, plain]) side.on("error", () => [socket, plain].map((both) => both.destroy()))
      socket.on("close", () => plain.destroy())
      socket.pipe(plain).pipe(socket)
    })),
    (port) => Object.assign(new URL(url), { protocol: "https:", port }).href.replace(/\/$/, "")
  )
