import { Socket } from 'node:net';
import type { UnderWay } from './input-and-output.ts';

/** What has not been answered by then was not said to be answered, as in a protocol of logs. */
const ANSWERED_WITHIN_MS = 1_000;

/**
 * Connections of other protocols, such as those of databases: something is under way from the connection, and from what
 * was written, to what is read next. Of HTTP, too, which does no harm: there the answer's end counts, and `requests.ts`
 * knows of it.
 */
export function watchSockets(now: () => number): UnderWay {
  /** When something was written to which nothing has been read yet. */
  const askedAt = new Map<Socket, number>();
  const { connect } = Socket.prototype;

  // `diagnostics_channel` tells of what `net.connect` opened, and not of `new Socket().connect()`, which clients use.
  Socket.prototype.connect = function (this: Socket, ...args: Parameters<typeof connect>) {
    watch(this);
    return connect.apply(this, args);
  } as typeof connect;

  function watch(socket: Socket): void {
    const { push, _write, _writev } = socket;
    socket.push = (...args) => {
      askedAt.delete(socket);
      return push.apply(socket, args);
    };
    socket._write = (...args) => {
      askedAt.set(socket, now());
      return _write.apply(socket, args);
    };
    if (_writev) {
      socket._writev = (...args) => {
        askedAt.set(socket, now());
        return _writev.apply(socket, args);
      };
    }
    // A server of mails, or of a database, speaks first.
    socket.once('connect', () => askedAt.set(socket, now()));
    socket.once('close', () => askedAt.delete(socket));
  }

  return waitedFor => {
    for (const [socket, at] of askedAt) if (now() - at > ANSWERED_WITHIN_MS) askedAt.delete(socket);
    return [...askedAt.keys()]
      .filter(({ localPort }) => localPort === undefined || !waitedFor.has(localPort))
      .map(({ remoteAddress, remotePort }) => `an answer of ${remoteAddress}:${remotePort}`);
  };
}
