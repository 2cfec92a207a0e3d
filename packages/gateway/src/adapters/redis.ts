/**
 * What a gateway keeps in Redis. The client is yours: pass an ioredis instance.
 *
 * Import from `@alga-ext/gateway/adapters/redis`.
 * @module
 */
export { createRedisDebugLog, type RedisDebugLogOptions } from "./redis-debug.ts";
export type { DebugRedis } from "../debug/follow-streams.ts";
