import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver, type QueryResult } from "kysely";

/** A step of a plan as `explain (format json)` shows it. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** What a statement read. */
export interface ExplainedQuery {
  readonly sql: string;
  /** Tables that were read from end to end. */
  readonly scans: readonly string[];
  /** Rows that came out of tables and indexes. */
  readonly rows: number;
}

/**
 * A dialect that also runs every `select` under `explain analyze`, in the same transaction, and hands on what it read.
 *
 * Tables are read from end to end only where no index would do: what a planner chooses while they are small says nothing.
 */
export function explainingDialect(dialect: Dialect, onQuery: (query: ExplainedQuery) => void): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => explain(dialect.createDriver(), onQuery),
  };
}

function explain(driver: Driver, onQuery: (query: ExplainedQuery) => void): Driver {
  const wrapped = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const innerOf = (connection: DatabaseConnection) => inner.get(connection) ?? connection;
  return {
    init: () => driver.init(),
    destroy: () => driver.destroy(),
    async acquireConnection() {
      const connection = await driver.acquireConnection();
      const before = wrapped.get(connection);
      if (before === undefined) await connection.executeQuery(CompiledQuery.raw("set enable_seqscan = off"));
      const known = before ?? wrap(connection, onQuery);
      wrapped.set(connection, known);
      inner.set(known, connection);
      return known;
    },
    releaseConnection: (connection) => driver.releaseConnection(innerOf(connection)),
    beginTransaction: (connection, settings) => driver.beginTransaction(innerOf(connection), settings),
    commitTransaction: (connection) => driver.commitTransaction(innerOf(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(innerOf(connection)),
  };
}

function wrap(connection: DatabaseConnection, onQuery: (query: ExplainedQuery) => void): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      if (/^\s*(?:select|with)\b/.test(query.sql) && !query.sql.includes("set_config")) {
        const { rows } = await connection.executeQuery<Record<string, readonly { Plan: PlanNode }[]>>({
          ...query,
          sql: `explain (analyze, costs off, timing off, format json) ${query.sql}`,
        });
        const plans = rows.flatMap((row) => Object.values(row)).flat();
        const nodes = plans.flatMap(({ Plan }) => [...walk(Plan)]);
        onQuery({
          sql: query.sql,
          scans: nodes
            .filter((node) => node["Node Type"].endsWith("Seq Scan"))
            .map((node) => node["Relation Name"] ?? ""),
          rows: nodes
            .filter((node) => node["Node Type"].includes("Scan"))
            .reduce((sum, node) => sum + (node["Actual Rows"] ?? 0) * (node["Actual Loops"] ?? 1), 0),
        });
      }
      return connection.executeQuery<R>(query);
    },
    streamQuery: (query, size) => connection.streamQuery(query, size),
  };
}

function* walk(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* walk(child);
}
