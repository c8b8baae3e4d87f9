package io.cosell.sandbox;

/** One point that the contract leaves open, or on which its sources disagree. Off is the sandbox's default answer. An enum a system. */
public interface Switch {

    /** The enum constant's name, by which settings and the control address know it. */
    String name();

    /** Section of the contract that leaves the point open, such as {@code 3.3}. */
    String section();

    /** What the sandbox does when the switch is on. */
    String on();

    /** What it does otherwise. */
    String off();
}
