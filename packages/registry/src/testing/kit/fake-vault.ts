import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";

/** A transit engine on loopback that really encrypts, and refuses as Vault does. */
export interface FakeVault {
  readonly address: string;
  readonly token: string;
  /** Every request, without its body. */
  readonly requests: readonly { readonly path: string; readonly namespace: string | undefined }[];
  rotate(): void;
  /** As `min_decryption_version` set to the latest. */
  dropOld(): void;
  /** Answer everything with this status, as when sealed (503); null to work again. */
  fail(status: number | null): void;
  /** Answer nothing at all until this is called again. */
  hang(isHanging: boolean): void;
  close(): Promise<void>;
}

interface TransitBody {
  readonly plaintext?: string;
  readonly ciphertext?: string;
  readonly context?: string;
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** Start a Vault with the transit key `kek`; one that derives needs a context for everything. */
export async function startFakeVault({ derived = true, mount = "transit" } = {}): Promise<FakeVault> {
  const token = `hvs.${randomBytes(12).toString("hex")}`;
  const requests: { path: string; namespace: string | undefined }[] = [];
  const versions = [randomBytes(32)];
  let [minVersion, failure, isHanging]: [number, number | null, boolean] = [1, null, false];

  const keyOf = (version: number, context: string | undefined): Buffer => {
    const key = versions[version - 1];
    if (key === undefined || version < minVersion)
      throw new Refusal(400, "ciphertext or signature version is disallowed");
    if (!derived) return key;
    if (context === undefined || context === "")
      throw new Refusal(400, "missing 'context' for key derivation");
    return createHmac("sha256", key).update(Buffer.from(context, "base64")).digest();
  };
  const encrypt = (plaintext: Buffer, context: string | undefined): string => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", keyOf(versions.length, context), nonce);
    const sealed = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return `vault:v${versions.length}:${sealed.toString("base64")}`;
  };
  const decrypt = (ciphertext: string | undefined, context: string | undefined): Buffer => {
    const [, version, text] = /^vault:v(\d+):(.+)$/.exec(ciphertext ?? "") ?? [];
    if (version === undefined || text === undefined) throw new Refusal(400, "invalid ciphertext: no prefix");
    const sealed = Buffer.from(text, "base64");
    const key = keyOf(Number(version), context);
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12)).setAuthTag(
        sealed.subarray(-16),
      );
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    } catch {
      throw new Refusal(400, "cipher: message authentication failed");
    }
  };
  const handle = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
    const path = request.url ?? "";
    requests.push({ path, namespace: request.headers["x-vault-namespace"]?.toString() });
    if (failure !== null) throw new Refusal(failure, "Vault is sealed");
    if (request.headers["x-vault-token"] !== token) throw new Refusal(403, "permission denied");
    const body = (await json(request)) as TransitBody;
    const verb = ["encrypt", "decrypt", "rewrap"].find((one) => path === `/v1/${mount}/${one}/kek`);
    if (request.method !== "POST" || verb === undefined) throw new Refusal(404, "no handler for route");
    if (verb === "encrypt")
      return { ciphertext: encrypt(Buffer.from(body.plaintext ?? "", "base64"), body.context) };
    const plaintext = decrypt(body.ciphertext, body.context);
    return verb === "decrypt"
      ? { plaintext: plaintext.toString("base64") }
      : { ciphertext: encrypt(plaintext, body.context) };
  };

  const server = createServer((request, response) => {
    if (isHanging) return;
    handle(request).then(
      (data) => response.setHeader("content-type", "application/json").end(JSON.stringify({ data })),
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : new Refusal(500, "internal error");
        response.writeHead(refusal.status).end(JSON.stringify({ errors: [refusal.message] }));
      },
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.address();
  return {
    address: `http://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`,
    token,
    requests,
    rotate: () => void versions.push(randomBytes(32)),
    dropOld() {
      minVersion = versions.length;
    },
    fail(status) {
      failure = status;
    },
    hang(value) {
      isHanging = value;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
