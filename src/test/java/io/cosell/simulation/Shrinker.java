package io.cosell.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Leaves out of a failing run every step that it fails without. */
final class Shrinker {

    private Shrinker() {
    }

    /** The shortest list of steps it finds that still fails; large pieces are tried first, then single steps until none can go. */
    static List<Step> shrink(List<Step> failing, Predicate<List<Step>> fails) {
        List<Step> steps = failing;
        int size = Math.max(1, steps.size() / 2);
        while (true) {
            boolean shorter = false;
            for (int from = 0; from < steps.size();) {
                List<Step> without = new ArrayList<>(steps.subList(0, from));
                without.addAll(steps.subList(Math.min(steps.size(), from + size), steps.size()));
                if (fails.test(without)) {
                    steps = without;
                    shorter = true;
                } else {
                    from += size;
                }
            }
            if (size > 1) {
                size /= 2;
            } else if (!shorter) {
                return steps;
            }
        }
    }
}
