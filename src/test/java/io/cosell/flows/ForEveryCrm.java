package io.cosell.flows;

import io.cosell.sandbox.Crm;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs a class of tests once for every CRM whose adapter is there; the CRM is its parameter. JUnit runs such classes one after the other;
 * one whose tests have a stage each says {@code @Execution(CONCURRENT)}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@EnumSource(Crm.class)
@interface ForEveryCrm {
}
