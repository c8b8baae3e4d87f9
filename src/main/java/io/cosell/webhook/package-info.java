/**
 * What comes in from Partner Center: is the delivery signed by Microsoft, and which event does it name
 * (contracts/partner-center.md, sections 4.2 and 4.3).
 *
 * <p>Certificate revocation is not checked: the connector reaches no addresses but the allowed ones, and revocation lists live elsewhere.
 * The guard against a stolen key is the list of hosts a certificate may come from.
 */
package io.cosell.webhook;
