import { Button } from "@alga-ext/ui-kit";
import { useEffect, useRef, type MouseEvent, type ReactElement, type ReactNode, type RefObject } from "react";
import { Icon } from "../Icon.tsx";
import { Link } from "../Link.tsx";
import { Account } from "./Account.tsx";
import { Brand } from "./Brand.tsx";

/** Props of {@link Shell}. */
export interface ShellProps {
  readonly pathname: string;
  /** The links of the app; shown in the sidebar and in the drawer. */
  readonly navigation: ReactNode;
  readonly children: ReactNode;
}

/** The frame around every page: a sidebar, or on narrow screens a top bar with a drawer. */
export function Shell({ pathname, navigation, children }: ShellProps): ReactElement {
  const drawer = useRef<HTMLDialogElement>(null);
  const main = useRef<HTMLElement>(null);
  // Moving inside one extension, or between the tabs that manage one, is not a new page: focus stays where it is.
  const depth = pathname.startsWith("/admin/") ? 4 : 3;
  const page = pathname.split("/").slice(0, depth).join("/");
  const shown = useRef(page);
  useEffect(() => {
    drawer.current?.close();
    if (shown.current !== page) main.current?.focus({ preventScroll: true });
    shown.current = page;
    window.scrollTo(0, 0);
  }, [page]);

  // Without touching the address: on an extension's page the fragment belongs to the extension.
  const skip = (event: MouseEvent): void => {
    event.preventDefault();
    main.current?.focus();
  };

  return (
    <div className="acme-shell">
      <a className="acme-skip" href="#content" onClick={skip}>
        Skip to content
      </a>
      <aside className="acme-sidebar" aria-label="Sidebar">
        <Link className="acme-home" href="/" aria-label="Acme PSA home">
          <Brand />
        </Link>
        {navigation}
        <Account />
      </aside>
      <header className="acme-topbar">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Open navigation"
          aria-haspopup="dialog"
          onClick={() => drawer.current?.showModal()}
        >
          <Icon name="menu" />
        </Button>
        <Brand />
      </header>
      <Drawer drawer={drawer}>
        {navigation}
        <Account />
      </Drawer>
      <main
        id="content"
        className="acme-main"
        ref={main}
        tabIndex={-1}
        // The extension's document has a main landmark too: two need names to be told apart.
        aria-label={pathname.startsWith("/extensions/") ? "Extension" : undefined}
      >
        {children}
      </main>
    </div>
  );
}

interface DrawerProps {
  readonly drawer: RefObject<HTMLDialogElement | null>;
  readonly children: ReactNode;
}

function Drawer({ drawer, children }: DrawerProps): ReactElement {
  useEffect(() => {
    const element = drawer.current;
    if (element === null) return;
    // A click on the backdrop lands on the dialog itself; a link closes it even when the page stays the same.
    const onClick = ({ target }: Event): void => {
      if (target === element || (target instanceof Element && target.closest("a") !== null)) element.close();
    };
    element.addEventListener("click", onClick);
    return () => element.removeEventListener("click", onClick);
  }, [drawer]);
  return (
    <dialog ref={drawer} className="acme-drawer" aria-label="Navigation">
      <div className="acme-drawer__panel">
        <div className="acme-drawer__head">
          <Brand />
          <Button
            variant="ghost"
            size="icon"
            aria-label="Close navigation"
            onClick={() => drawer.current?.close()}
          >
            <Icon name="close" />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
