package io.cosell.flows;

import io.cosell.sandbox.Crm;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of a class share a stage; with {@link ForEveryCrm} there is one for each CRM. It is a parameter of the constructor, after the
 * CRM if there is one, and of methods that ask for it. It is opened when it is first asked for, made whole after each test (deals stay:
 * tests name theirs differently), and closed with its class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(StageKeeper.class)
@interface SharedStage {

    /** The CRM of a class that is not {@link ForEveryCrm}. */
    Crm crm() default Crm.DYNAMICS_365;

    /** Whether offers become leads in every CRM. */
    boolean offersAsLeads() default false;

    /** Settings of the connector, each {@code key=value}. */
    String[] settings() default {};
}
