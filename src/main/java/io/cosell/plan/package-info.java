/**
 * The planner: what has to be written where so that a referral and its record say the same.
 *
 * <p>Pure functions over JSON documents, without input, output or clock. The two sides are called {@code partnerCenter} and
 * {@code crm}; both come as <em>referral views</em>, documents in the shape of a referral that hold only the fields that travel.
 * Fields are named by JSON Pointer. Which fields travel, which way and who wins is the {@link io.cosell.plan.Policy}, read from
 * {@code mappings/fields.yaml}. {@code docs/planner.md} tells the rules in plain words.
 *
 * <p>Absent and null are different things in the CRM's view: an absent member is one this CRM does not hold, so it is neither
 * compared nor changed; null, "" and blank text are an empty field. In Partner Center's view and in the base an absent member is
 * an empty one, since the service leaves empty members out.
 */
package io.cosell.plan;
