import { useCallback, useEffect, useState } from "react";
import { messageOf } from "../../api/request.ts";

/** One page of a list. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** A list that comes page by page. */
export interface Paged<Item> {
  /** Null until the first page is there. */
  readonly items: readonly Item[] | null;
  readonly error: string | null;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly more: () => Promise<void>;
  /** Begin again with the first page. */
  readonly reload: () => Promise<void>;
}

interface State<Item> {
  readonly items: readonly Item[] | null;
  readonly cursor: string | null;
  readonly error: string | null;
  readonly isLoading: boolean;
}

const START = { items: null, cursor: null, error: null, isLoading: true } as const;

/** Load a list when the component appears and whenever `load` changes; what came before stays until then. */
export function usePaged<Item>(load: (cursor: string | null) => Promise<ListPage<Item>>): Paged<Item> {
  const [state, setState] = useState<State<Item>>(START);
  useEffect(() => {
    let isCurrent = true;
    const show = (next: (now: State<Item>) => State<Item>): void => {
      if (isCurrent) setState(next);
    };
    show((now) => ({ ...now, isLoading: true }));
    void attempt(load, null).then(show);
    return () => {
      isCurrent = false;
    };
  }, [load]);
  const reload = useCallback(async () => {
    setState((now) => ({ ...now, isLoading: true }));
    setState(await attempt(load, null));
  }, [load]);
  const more = useCallback(async () => {
    setState((now) => ({ ...now, isLoading: true }));
    setState(await attempt(load, state.cursor));
  }, [load, state.cursor]);
  const { items, error, isLoading, cursor } = state;
  return { items, error, isLoading, hasMore: cursor !== null, more, reload };
}

async function attempt<Item>(
  load: (cursor: string | null) => Promise<ListPage<Item>>,
  cursor: string | null,
): Promise<(now: State<Item>) => State<Item>> {
  try {
    const page = await load(cursor);
    return (now) => ({
      items: cursor === null ? page.items : [...(now.items ?? []), ...page.items],
      cursor: page.nextCursor,
      error: null,
      isLoading: false,
    });
  } catch (thrown) {
    return (now) => ({ ...now, error: messageOf(thrown), isLoading: false });
  }
}
