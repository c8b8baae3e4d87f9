package io.cosell.sandbox.salesforce;

import java.util.Optional;
import java.util.regex.Pattern;

/** Record ids: fifteen characters in which case matters, and three more that tell it to those who lose it (section 2.1). */
final class Ids {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    private static final Pattern SHAPE = Pattern.compile("[0-9A-Za-z]{15}([0-9A-Za-z]{3})?");
    /** What stands in every id of an organisation between prefix and number. */
    private static final String INSTANCE = "SB0";
    private static final int SHORT = 15;
    private static final int GROUP = 5;

    private Ids() {
    }

    /** The id with a running number. */
    static String of(String prefix, long number) {
        StringBuilder digits = new StringBuilder();
        for (long rest = number; digits.length() < SHORT - prefix.length() - INSTANCE.length(); rest /= DIGITS.length()) {
            digits.append(DIGITS.charAt((int) (rest % DIGITS.length())));
        }
        return withChecks(prefix + INSTANCE + digits.reverse());
    }

    /**
     * An id as records are kept under it.
     *
     * @param id with 15 characters, or with 18
     * @return the form with 18 characters; empty if this is no id
     */
    static Optional<String> full(String id) {
        if (!SHAPE.matcher(id).matches()) {
            return Optional.empty();
        }
        String full = withChecks(id.substring(0, SHORT));
        return id.length() == SHORT || id.equals(full) ? Optional.of(full) : Optional.empty();
    }

    private static String withChecks(String id) {
        StringBuilder full = new StringBuilder(id);
        for (int group = 0; group < SHORT; group += GROUP) {
            int bits = 0;
            for (int i = 0; i < GROUP; i++) {
                bits |= Character.isUpperCase(id.charAt(group + i)) ? 1 << i : 0;
            }
            full.append(CHECKS.charAt(bits));
        }
        return full.toString();
    }
}
