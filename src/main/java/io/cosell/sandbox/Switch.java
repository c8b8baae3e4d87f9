package io.cosell.sandbox;

/** One point that the contract leaves open, or on which its sources disagree. Off is the sandbox's default answer. An enum a system. */
public interface Switch {

    /**
     * What a switch is about.
     *
     * @param section section of the contract that leaves the point open, such as {@code 3.3}
     * @param on      what the sandbox does when the switch is on
     * @param off     what it does otherwise
     */
    record Point(String section, String on, String off) {
    }

    /** The enum constant's name, by which settings and the control address know it. */
    String name();

    /** What it is about. */
    Point point();

    /** See {@link Point#section}. */
    default String section() {
        return point().section();
    }

    /** See {@link Point#on}. */
    default String on() {
        return point().on();
    }

    /** See {@link Point#off}. */
    default String off() {
        return point().off();
    }
}
