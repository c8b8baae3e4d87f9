package io.cosell.doctor;

/**
 * What the examination of one thing came to.
 *
 * @param level   how it is
 * @param system  what it belongs to, such as Partner Center
 * @param about   what was looked at, in a word or two
 * @param message what is there, what is wrong, or what can't be known
 * @param fix     what to do; where something can't be known, how a person finds out; empty where all is well
 */
public record Diagnosis(Level level, String system, String about, String message, String fix) {

    /** How a thing is. */
    public enum Level {
        /** Deals can't be synchronised as they should. */
        ERROR("error"),
        /** It works, but someone should look. */
        WARNING("warning"),
        /** No call tells. */
        UNKNOWN("not known"),
        /** As it should be. */
        OK("ok");

        private final String word;

        Level(String word) {
            this.word = word;
        }

        /** The level in words. */
        public String word() {
            return word;
        }
    }

    /** Whether something should be done. */
    public boolean isFinding() {
        return level == Level.ERROR || level == Level.WARNING;
    }
}
