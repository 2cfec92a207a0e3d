import { exportPKCS8, exportSPKI, generateKeyPair } from "jose";

/** Fresh PEM keys of a gateway (Ed25519) and a runner (X25519). */
export interface CallKeys {
  readonly gatewayPrivatePem: string;
  readonly gatewayPublicPem: string;
  readonly runnerPrivatePem: string;
  readonly runnerPublicPem: string;
}

/** Make a pair of keys for each side. */
export async function generateCallKeys(): Promise<CallKeys> {
  const [gateway, runner] = await Promise.all([
    generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true }),
    generateKeyPair("ECDH-ES", { crv: "X25519", extractable: true }),
  ]);
  const [gatewayPrivatePem, gatewayPublicPem, runnerPrivatePem, runnerPublicPem] = await Promise.all([
    exportPKCS8(gateway.privateKey),
    exportSPKI(gateway.publicKey),
    exportPKCS8(runner.privateKey),
    exportSPKI(runner.publicKey),
  ]);
  return { gatewayPrivatePem, gatewayPublicPem, runnerPrivatePem, runnerPublicPem };
}
