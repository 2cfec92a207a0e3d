import { useApi } from "@alga-ext/sdk/ui/react";
import { Alert, Button, Text } from "@alga-ext/ui-kit";
import { useEffect, useState, type ReactElement } from "react";

interface Greetings {
  readonly count: number;
}

/** The page: how often it was greeted, and a button to do it again. */
export function App(): ReactElement {
  const api = useApi();
  const [count, setCount] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const show = (answer: Promise<Greetings>): void => {
    answer.then(
      (greetings) => setCount(greetings.count),
      (error: unknown) => setProblem(String(error)),
    );
  };
  useEffect(() => show(api.get<Greetings>("/greetings")), [api]);

  return (
    <main>
      <Text as="p">{count === null ? "Counting…" : `Greeted ${count} times.`}</Text>
      <Button onClick={() => show(api.post<Greetings>("/greetings"))}>Say hello</Button>
      {problem !== null && <Alert tone="danger">{problem}</Alert>}
    </main>
  );
}
