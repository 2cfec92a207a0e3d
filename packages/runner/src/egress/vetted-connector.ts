import { buildConnector } from "undici";

/** Options of {@link createVettedConnector}. */
export interface VettedConnectorOptions {
  /** Checked once more against the address really connected to. */
  readonly isAllowed: (address: string) => boolean;
  readonly timeoutMs: number;
  /** Told the address really connected to, allowed or not. */
  readonly onConnected?: (address: string) => void;
  /** Certificate authorities instead of the built-in ones. */
  readonly ca?: string;
}

/**
 * A connector that reaches only these addresses, whatever the name resolves to by then; TLS still checks the name.
 *
 * Whoever asks for the name's address gets the vetted list: that is the pinning.
 */
export function createVettedConnector(
  addresses: readonly string[],
  options: VettedConnectorOptions,
): buildConnector.connector {
  const vetted = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  const connect = buildConnector({
    timeout: options.timeoutMs,
    allowH2: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    // Node asks for all addresses at once unless happy eyeballs are switched off.
    lookup: (_hostname, { all }, callback) => {
      if (all === true) callback(null, vetted);
      else callback(null, vetted[0]?.address ?? "", vetted[0]?.family);
    },
  });
  return (request, callback) => {
    connect(request, (error, socket) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const address = socket.remoteAddress ?? "";
      options.onConnected?.(address);
      if (!options.isAllowed(address)) {
        socket.destroy();
        callback(new Error("connected to an address that was not vetted"), null);
        return;
      }
      callback(null, socket);
    });
  };
}
