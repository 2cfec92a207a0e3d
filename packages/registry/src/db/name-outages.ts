import { AbortedTransactionError, type DatabaseConnection, type Dialect, type Driver } from "kysely";
import { RegistryError } from "../errors.ts";

/** How long a caller should wait before trying again. */
const RETRY_AFTER_MS = 1000;

/**
 * SQLSTATEs, or classes of them, that say nothing about the statement: connection exceptions, too few resources, a
 * server that shuts down or starts, one that only reads, a lock or a statement that took too long, a deadlock.
 */
const OUTAGES = ["08", "53", "57P", "25006", "55P03", "57014", "40001", "40P01"];

/** What `pg` calls a lost or refused connection; it gives no code. */
const LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client (?:was closed|has encountered a connection error)|Query read timeout)/;

/**
 * Make every failure to reach a working database a `database_unavailable`, with its cause, and text that no database can
 * hold an `invalid_request`. What else the server says about a statement stays as it is.
 */
export function nameOutages(dialect: Dialect): Dialect {
  return {
    createDriver: () => watch(dialect.createDriver()),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** A NUL in a text, which Postgres cannot hold; wherever it came from, the request is at fault. */
function toRefusal(error: unknown): RegistryError | null {
  if (!(error instanceof Error && "code" in error && error.code === "22021")) return null;
  return new RegistryError("invalid_request", "A text has a character that cannot be stored (NUL).", {
    cause: error,
  });
}

/** A refusal of the database to work now, or null when the error is another matter. */
export function toOutage(error: unknown): RegistryError | null {
  if (!(error instanceof Error) || error instanceof RegistryError) return null;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isSystem = "syscall" in error || /^E[A-Z]{3,}$/.test(code);
  const isAway = isSystem || LOST.test(error.message) || OUTAGES.some((state) => code.startsWith(state));
  return isAway ? unavailable(error) : null;
}

function unavailable(cause: unknown): RegistryError {
  return new RegistryError(
    "database_unavailable",
    "The database does not answer or does not accept this now. Try again: nothing is stored twice.",
    { cause, retryable: true, details: { retryAfterMs: RETRY_AFTER_MS } },
  );
}

const watched = new WeakSet<DatabaseConnection>();

function watch(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    // No statement is at fault yet.
    const connection = await acquire(options).catch((error: unknown) => {
      throw toOutage(error) ?? unavailable(error);
    });
    if (!watched.has(connection)) {
      watched.add(connection);
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = async <R>(...query: Parameters<typeof execute>) => {
        try {
          return await execute<R>(...query);
        } catch (error) {
          return rethrow(error);
        }
      };
    }
    return connection;
  };
  for (const step of ["commitTransaction", "rollbackTransaction"] as const) {
    const run = driver[step].bind(driver);
    driver[step] = (connection) => run(connection).catch(rethrow);
  }
  return driver;
}

function rethrow(error: unknown): never {
  if (error instanceof AbortedTransactionError) throw error;
  throw toOutage(error) ?? toRefusal(error) ?? error;
}
