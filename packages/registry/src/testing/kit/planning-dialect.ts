import { CompiledQuery, type DatabaseConnection, type Dialect } from "kysely";

/** A step of a plan as `explain (format json)` shows it. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A statement, and the tables it cannot but read from end to end. */
export interface PlannedStatement {
  readonly sql: string;
  readonly scans: readonly string[];
}

const PLANNED = new WeakSet<DatabaseConnection>();

/**
 * A dialect that plans each kind of statement the first time it comes, in its own transaction, with its own parameters
 * and under its own tenant, as if reading a table from end to end were forbidden: where it is read all the same, no
 * index helps.
 */
export function planningDialect(dialect: Dialect, statements: Map<string, PlannedStatement>): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver() {
      const driver = dialect.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      driver.acquireConnection = async (options) => {
        const connection = await acquire(options);
        if (!PLANNED.has(connection)) watch(connection, statements);
        PLANNED.add(connection);
        return connection;
      };
      return driver;
    },
  };
}

function watch(connection: DatabaseConnection, statements: Map<string, PlannedStatement>): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async <R>(query: CompiledQuery, ...rest: readonly unknown[]) => {
    const kind = toKind(query.sql);
    const isPlannable =
      /^\s*(?:select|with|insert|update|delete)\b/.test(kind) && /\b(?:from|into|update)\b/.test(kind);
    if (isPlannable && !statements.has(kind)) {
      const scans = await planOf(execute, query);
      if (scans !== null) statements.set(kind, { sql: kind, scans });
    }
    return execute<R>(query, ...(rest as []));
  };
}

/** The tables a statement reads from end to end; null when the database refuses it, which is for its caller to see. */
async function planOf(
  execute: DatabaseConnection["executeQuery"],
  query: CompiledQuery,
): Promise<string[] | null> {
  // Everything is undone at once; outside a transaction the savepoint itself fails, and nothing is planned.
  const saved = await execute(CompiledQuery.raw("savepoint plan")).then(
    () => true,
    () => false,
  );
  if (!saved) return null;
  try {
    // Joins row by row show whether each side can be looked up.
    for (const way of ["seqscan", "hashjoin", "mergejoin"]) {
      await execute(CompiledQuery.raw(`set local enable_${way} = off`));
    }
    const { rows } = await execute<Record<string, readonly { Plan: PlanNode }[]>>({
      ...query,
      sql: `explain (format json) ${query.sql}`,
    });
    return rows
      .flatMap((row) => Object.values(row))
      .flat()
      .flatMap(({ Plan }) => [...wholeReads(Plan, false)]);
  } catch {
    return null;
  } finally {
    await execute(CompiledQuery.raw("rollback to savepoint plan"));
  }
}

/** Sequential scans, and walks along an index that look for nothing and stop nowhere. */
function* wholeReads(node: PlanNode, isLimited: boolean): Generator<string> {
  const { "Node Type": type, "Relation Name": table = "", Plans: children = [] } = node;
  if (type === "Seq Scan") yield table;
  if (/^Index (?:Only )?Scan/.test(type) && node["Index Cond"] === undefined && !isLimited) yield table;
  // What sorts or hashes first reads all of what is below it, limit or not.
  const stops = type === "Limit" || (isLimited && !/Sort|Hash|Materialize|WindowAgg|Aggregate/.test(type));
  for (const child of children) yield* wholeReads(child, stops);
}

/** Lists of any length are one kind of statement. */
function toKind(sql: string): string {
  return sql
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\((?:\$\d+(?:::\w+)?(?:, )?)+\)(?:, \((?:\$\d+(?:::\w+)?(?:, )?)+\))*/g, "(…)")
    .replaceAll(/\$\d+/g, "$")
    .trim();
}
