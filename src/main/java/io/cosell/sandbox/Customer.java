package io.cosell.sandbox;

/**
 * A customer as a CRM keeps it.
 *
 * @param country two letters, or whatever a seller has entered
 */
public record Customer(String name, String street, String city, String state, String postalCode, String country) {

    /** A customer of this name in Redmond. */
    public static Customer named(String name) {
        return new Customer(name, "1 Main Street", "Redmond", "WA", "98052", "US");
    }
}
