package io.cosell;

/** Entry point of {@code cosell.jar}. */
public final class Cosell {

    private Cosell() {
    }

    public static void main(String[] args) {
        System.out.println("Cosell Connector");
    }
}
