package io.cosell.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name someone probably meant. */
final class Names {

    private Names() {
    }

    /** The known name with the fewest edits from the given one, if that is few enough for a slip of the keyboard. */
    static Optional<String> nearest(String name, Collection<String> known) {
        int most = Math.min(name.length() - 1, Math.max(2, name.length() / 4));
        return known.stream().filter(other -> distance(name, other) <= most)
                .min(Comparator.comparingInt((String other) -> distance(name, other)).thenComparing(Comparator.naturalOrder()));
    }

    /** A hint naming the nearest known name, or the given text when none is near. */
    static String didYouMean(String name, Collection<String> known, String otherwise) {
        return nearest(name, known).map(other -> "did you mean " + other + "?").orElse(otherwise);
    }

    /** Levenshtein distance: insertions, deletions and replacements of one character, in lower case. */
    static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
