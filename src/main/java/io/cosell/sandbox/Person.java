package io.cosell.sandbox;

/** A person of a customer as a CRM keeps it. */
public record Person(String firstName, String lastName, String email, String phone) {
}
