import { BridgeError } from "@alga-ext/iframe-bridge";
import { connectFrame, type ConnectFrameOptions, type FrameBridge } from "@alga-ext/iframe-bridge/frame";
import { SdkError } from "../errors.ts";
import { applyThemeTokens } from "./apply-theme-tokens.ts";

/** Options of {@link connect}. */
export interface ConnectOptions extends ConnectFrameOptions {
  /** Set the host's theme variables on `:root`, now and whenever they change. @default true */
  readonly applyTheme?: boolean;
}

/**
 * Connect this page to the host that embeds it. Calling again returns the same bridge until it is closed.
 *
 * @throws {SdkError} `host_unavailable` outside a host or when the host does not answer in 10 s.
 * @example
 * const bridge = await connect();
 * const api = createApiClient(bridge);
 * show(await api.get("/agreements"));
 */
export async function connect(options: ConnectOptions = {}): Promise<FrameBridge> {
  const { applyTheme = true, ...frame } = options;
  let bridge: FrameBridge;
  try {
    bridge = await connectFrame(frame);
  } catch (error) {
    throw new SdkError("host_unavailable", "No host application answered; open this page from inside one.", {
      cause: error,
      retryable: true,
      ...(error instanceof BridgeError ? { details: { bridge: error.code } } : {}),
    });
  }
  if (applyTheme) {
    applyThemeTokens(bridge.themeTokens);
    bridge.onTheme((tokens) => applyThemeTokens(tokens));
  }
  return bridge;
}
