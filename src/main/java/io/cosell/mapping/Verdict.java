package io.cosell.mapping;

import java.util.Locale;

/** What becomes of a field that is written and read back; the later, the worse. */
public enum Verdict {
    /** It comes back as it was. */
    LOSSLESS,
    /** It comes back in another form that means the same, or that a declaration names, and stays so. */
    NORMALISED,
    /** It does not come back, and fields.yaml or round-trips.yaml says so. */
    ONE_WAY,
    /** It does not come back. */
    LOSSY;

    /** As reports say it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    Verdict worse(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
