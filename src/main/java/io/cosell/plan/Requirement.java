package io.cosell.plan;

import java.util.regex.Pattern;

/**
 * What a record must hold before it may be shared with Partner Center (contract partner-center 6.6 and 7.3).
 *
 * @param path    where the value is in the referral view, a JSON Pointer
 * @param when    only asked for if the value at this path is set; null if always
 * @param nonZero whether 0 counts as missing
 * @param pattern what a text must look like; null if anything goes
 * @param reason  what the seller is told: what is missing and what to do
 */
public record Requirement(String path, String when, boolean nonZero, Pattern pattern, String reason) {
}
