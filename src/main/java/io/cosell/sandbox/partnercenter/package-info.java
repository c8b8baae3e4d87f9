/**
 * The Partner Center sandbox: referrals, sign-in and signed webhooks on loopback, as far as the contract describes them.
 *
 * <p>{@link io.cosell.sandbox.partnercenter.PartnerCenterSandbox} is the door: addresses for programs, methods for the people of
 * both sides. What may be written is said by the tables in {@code ReferralRules}, what may be asked by {@code ReferralQuery} and
 * {@code Filter}, and where the contract leaves a point open {@link io.cosell.sandbox.partnercenter.PartnerCenterOptions} has a
 * switch. Section numbers in comments are those of the Partner Center contract.
 */
package io.cosell.sandbox.partnercenter;
