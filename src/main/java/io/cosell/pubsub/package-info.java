/**
 * Subscriptions over the Pub/Sub API of Salesforce (gRPC, Avro; contract salesforce.md 3.7) as a Camel consumer, {@code pub-sub:CHANNEL}. Knows
 * no object and no field: what an event means, and where a subscription goes on, is the business of the routes. Nothing here is loaded
 * before a route with such an address is.
 *
 * <p>Camel's own {@code salesforce:pubSubSubscribe:} is not used, because it loses events in silence where this connector must not: it goes on after an
 * event that could not be stored, is deaf after the server ended the stream, and tries for ever with a replay id that is too old. Its
 * generated classes of the protocol are used.
 */
package io.cosell.pubsub;
