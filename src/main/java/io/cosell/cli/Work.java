package io.cosell.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Long work on many deals: some at a time, the results in order, with progress where a person watches. */
final class Work {

    private Work() {
    }

    /**
     * Does the same for each.
     *
     * @param threads how many at a time
     * @param doing   what is done, for the line of progress, such as "Planning deals"
     * @param err     where progress goes, if it is a terminal
     */
    static <T, R> List<R> each(List<T> all, int threads, String doing, PrintWriter err, Function<T, R> work) {
        boolean watched = System.console() != null && all.size() > 1;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<R>> futures = new ArrayList<>();
            all.forEach(one -> futures.add(pool.submit(() -> work.apply(one))));
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(future.get());
                if (watched) {
                    err.printf("\r%s: %,d of %,d ", doing, results.size(), all.size());
                    err.flush();
                }
            }
            if (watched) {
                err.print("\r" + " ".repeat(doing.length() + 2 * String.format("%,d", all.size()).length() + 7) + "\r");
                err.flush();
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            pool.shutdownNow();
        }
    }
}
