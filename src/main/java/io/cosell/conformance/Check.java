package io.cosell.conformance;

/**
 * One thing that was tried.
 *
 * @param verb    the verb it is about
 * @param tried   what was tried, in words that say what has to hold
 * @param outcome how it went
 * @param reason  why it failed or does not apply; what is worth knowing of a success; may be empty
 * @param calls   calls that it took, such as {@code 1 read, 2 write}; empty for none
 */
public record Check(String verb, String tried, Outcome outcome, String reason, String calls) {

    /** How a check went. */
    public enum Outcome {
        PASSED("passed"), FAILED("failed"), NOT_APPLICABLE("not applicable");

        private final String words;

        Outcome(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
