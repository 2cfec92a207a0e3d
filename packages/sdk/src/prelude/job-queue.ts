/** Jobs in the order they were queued: the microtask queue of the guest. */
export interface JobQueue {
  enqueue(job: () => void): void;
  /** Run jobs, and those they queue, until none is left. A job that throws stops nothing: `onError` gets it. */
  drain(): void;
}

/** A job queue that somebody has to drain: a synchronous export has no event loop that would. */
export function createJobQueue(onError: (error: unknown) => void): JobQueue {
  let jobs: (() => void)[] = [];
  return {
    enqueue(job) {
      jobs.push(job);
    },
    drain() {
      while (jobs.length > 0) {
        const batch = jobs;
        jobs = [];
        for (const job of batch) {
          try {
            job();
          } catch (error) {
            onError(error);
          }
        }
      }
    },
  };
}
